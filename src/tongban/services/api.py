"""What programs of applicants do: apply, follow, correct; a city's app, the software of a counter."""

from tongban.counter.api import SenderApi

APPLICATIONS = SenderApi("application", "applications", tag="services")
BUNDLES = SenderApi("bundle", "bundles", tag="services")
RENEWALS = SenderApi("renewal", "renewals", tag="services")
APPEALS = SenderApi("service_appeal", "service-appeals", tag="services")
INTERESTED = SenderApi("interested", "interested-parties", "case of an interested party", tag="services")
MADE = (APPLICATIONS, BUNDLES, RENEWALS, APPEALS, INTERESTED)
ROUTERS = tuple(one.router for one in MADE)
OPERATIONS = {name: who for one in MADE for name, who in one.operations.items()}
