from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "tongban.gate"
    label = "gate"
    verbose_name = "门口"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import sessions
        from .door import Room, register
        from .parts import Routes, Timed
        from .rates import forget_full

        register(
            Room(
                self.label,
                self.verbose_name,
                (
                    Routes("tongban.gate.urls"),
                    Timed("limits", forget_full, 60),
                    Timed("sessions", sessions.clear_expired, 600),
                ),
            )
        )
