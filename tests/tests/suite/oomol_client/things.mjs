// What the provider has.

export const THING = { id: "1", name: "ball" };
