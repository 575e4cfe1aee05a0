// Types of shop, by `plugwright types`. Changes will be lost.

import "@oomol-lab/connector";

declare module "@oomol-lab/connector" {
  interface ActionRegistry {
    /**
     * Creates an item.
     *
     * Returns the new item.
     */
    "shop.items.create": { input: ShopItemsCreateInput; output: ShopItemsCreateOutput };
    /**
     * Creates an item.
     *
     * Returns the new item.
     */
    "shop.items_create": { input: ShopItemsCreateInput; output: ShopItemsCreateOutput };
  }
}

export type ShopItemsCreateInput = {
  /**
   * Name.
   *
   * Length at most `9`.
   */
  name: string;
  /**
   * Colour.
   *
   * Default: `red`.
   */
  color?: "red" | "light blue";
  note?: string | null;
};

/** An item. */
export type ShopItemsCreateOutput = {
  /** At least `0`. */
  id: number;
  parts?: {
    size?: number;
  }[];
  more?: Record<string, boolean>;
};
