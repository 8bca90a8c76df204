"""The feeds that resolvers, providers and programs take: one list of decisions in every form they read."""
