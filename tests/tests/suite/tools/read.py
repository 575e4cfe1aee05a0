"""Reads tools with the types that the vendors' clients have for them, and writes them again."""

import json
import sys

import pydantic
from anthropic.types import ToolParam
from google.genai.types import FunctionDeclaration
from openai.types.chat import ChatCompletionFunctionToolParam
from openai.types.responses import FunctionTool, FunctionToolParam

ADAPTERS = {
    "anthropic": [pydantic.TypeAdapter(ToolParam)],
    "gemini": [pydantic.TypeAdapter(FunctionDeclaration)],
    "openai": [pydantic.TypeAdapter(ChatCompletionFunctionToolParam)],
    "openai-responses": [
        pydantic.TypeAdapter(FunctionTool),
        pydantic.TypeAdapter(FunctionToolParam),
    ],
}

with open(sys.argv[1], encoding="utf-8") as file:
    tools = json.load(file)
for tool in tools:
    definition = tool["definition"]
    for adapter in ADAPTERS[tool["dialect"].removesuffix("-strict")]:
        read = adapter.validate_python(definition)
        written = adapter.dump_python(read, mode="json", by_alias=True, exclude_none=True)
        if written != definition:
            sys.exit(f"{tool['dialect']}: {definition} is read as {written}")
print(len(tools))
