"""What makes the models that the package carries: run by hand, from the root of the repository,
and not part of the wheel."""
