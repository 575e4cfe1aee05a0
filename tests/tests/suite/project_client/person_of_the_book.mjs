// Stands before the code of the book: the browser that it sends to the gateway is a person's.

import { Person } from "./person.mjs";

export const redirect = (url) => {
  new Person("ada").answer(url, "allow").catch((error) => {
    console.error(error);
    process.exit(1);
  });
};
