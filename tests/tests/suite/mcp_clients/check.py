"""Lists and calls actions as tools, with the Python client: python check.py PLAN.

PLAN is the file that `check.mjs` reads.
"""

import asyncio
import json
import sys
from urllib.request import urlopen

from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

with open(sys.argv[1], encoding="utf-8") as file:
    PLAN = json.load(file)


def over_http(query, token=PLAN["token"]):
    client = create_mcp_http_client(headers={"authorization": f"Bearer {token}"})
    return streamable_http_client(PLAN["url"] + "/mcp" + query, http_client=client)


def play(recording):
    """Puts a recording into the provider."""
    urlopen(f"{PLAN['provider']}/-/play/{recording}").read()


def without_bytes(value):
    """Takes the bytes of files out, which come as content of their own."""
    if isinstance(value, list):
        return [without_bytes(item) for item in value]
    if not isinstance(value, dict):
        return value
    is_file = isinstance(value.get("size"), int) and str(value.get("content")).startswith("data:")
    kept = {key: member for key, member in value.items() if not (is_file and key == "content")}
    return {key: without_bytes(member) for key, member in kept.items()}


async def call_tools(client):
    """Calls every recorded action as a tool of its own."""
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert len(tools) == PLAN["tools"], len(tools)
    for call in PLAN["calls"]:
        play(call["name"])
        result = await client.call_tool(call["tool"], call["input"])
        text = result.content[0].text
        if call["error"]:
            assert result.is_error, call["name"]
            assert text.startswith(call["error"] + ":"), text
        else:
            assert not result.is_error, f"{call['name']}: {text}"
            data = result.structured_content
            if isinstance(call["expected"], list):
                data = data["items"]
            elif "result" in tools[call["tool"]].output_schema.get("properties", {}):
                data = data["result"]
            assert data == without_bytes(call["expected"]), f"{call['name']}: {data}"
        print("ok", call["name"])


async def discover(client):
    """Finds an action and runs it."""
    plan = PLAN["discovery"]
    found = await client.call_tool("search_actions", {"query": plan["words"], "limit": 3})
    actions = [action["action"] for action in found.structured_content["actions"]]
    assert plan["action"] in actions, actions
    play(plan["name"])
    done = await client.call_tool("run_action", {"action": plan["action"], "input": plan["input"]})
    assert done.structured_content == plan["expected"], done
    print("ok discovery")


async def main():
    for mode, version in (("auto", "2026-07-28"), ("legacy", "2025-11-25")):
        async with Client(over_http("?tools=github.*"), mode=mode) as client:
            assert client.protocol_version == version, client.protocol_version
            await call_tools(client)
        async with Client(over_http(""), mode=mode) as client:
            await discover(client)
    stdio = StdioServerParameters(**PLAN["stdio"])
    async with Client(stdio) as client:
        assert client.protocol_version == "2026-07-28", client.protocol_version
        await call_tools(client)


asyncio.run(main())
