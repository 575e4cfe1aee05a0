"""A shelf of items, as tools of FastMCP."""

import os
from typing import Annotated

import httpx
from fastmcp import FastMCP
from pydantic import BaseModel, Field


class Item(BaseModel):
    """An item."""

    id: str = Field(description="Id")
    name: str = Field(description="Name")
    note: str | None = Field(description="What it is for")


class Items(BaseModel):
    """A page of items."""

    items: list[Item] = Field(description="The items")
    next_cursor: str | None = Field(description="Where the next page starts")


mcp = FastMCP("shelf")
api = httpx.AsyncClient(
    base_url=os.environ["SHELF_URL"],
    headers={"Authorization": f"Bearer {os.environ['SHELF_TOKEN']}"},
)


def read(response: httpx.Response) -> dict:
    """Returns the body, or says what the API has against the call."""
    if response.status_code == 422 and response.json().get("code") == "name_taken":
        raise ValueError(f"another item has this name: {response.json()['message']}")
    response.raise_for_status()
    return response.json()


@mcp.tool(annotations={"readOnlyHint": True})
async def list_items(
    limit: Annotated[int | None, Field(description="Items per page", ge=1, le=100)] = None,
    cursor: Annotated[str | None, Field(description="Where the page starts")] = None,
) -> Items:
    """Lists all items, in the order in which they were created.

    Returns id, name and note of each item, page by page.
    """
    query = {"limit": limit, "cursor": cursor}
    query = {name: value for name, value in query.items() if value is not None}
    return Items.model_validate(read(await api.get("/items", params=query)))


@mcp.tool(annotations={"readOnlyHint": True})
async def get_item(id: Annotated[str, Field(description="Id of the item")]) -> Item:
    """Gets one item by its id.

    Returns its id, name and note, wherever in the list it is.
    """
    return Item.model_validate(read(await api.get(f"/items/{id}")))


@mcp.tool(annotations={"readOnlyHint": False, "destructiveHint": False})
async def create_item(
    name: Annotated[
        str,
        Field(
            description="Name of the item, which no other item has",
            min_length=1,
            max_length=100,
            examples=["Lamp"],
        ),
    ],
    note: Annotated[str | None, Field(description="What the item is for", max_length=500)] = None,
) -> Item:
    """Creates an item at the end of the list.

    Returns the new item with its id. A name that another item has is refused as a conflict.
    """
    body = {"name": name}
    if note is not None:
        body["note"] = note
    return Item.model_validate(read(await api.post("/items", json=body)))


if __name__ == "__main__":
    mcp.run(show_banner=False)
