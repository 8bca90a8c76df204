"""What can be wrong with what text/ reads. Apart, so that who catches it does not load the models."""


class ModelFileError(ValueError):
    """The file is no model, is damaged, or is of another version; says which."""
