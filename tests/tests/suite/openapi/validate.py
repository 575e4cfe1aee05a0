"""Compares documents with the description of OpenAPI 3.1."""

import json
import sys

from openapi_spec_validator import OpenAPIV31SpecValidator

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        OpenAPIV31SpecValidator(json.load(file)).validate()
    print(path)
