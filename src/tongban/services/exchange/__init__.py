"""The catalogue in files: laws, articles, questions, parameters, materials, items, offerings, conditions and needs as
CSV and XLSX, in and out, in shapes that people can write. Not for what the rows are (`models.py`) nor whether a guide
says all that the law wants (`linting.py`)."""
