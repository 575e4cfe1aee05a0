// Calls with types, and calls that they refuse: a line that they do not refuse is an error too.
import { Connector, OpenConnector, ProjectConnector } from "@oomol-lab/connector";
import type { GithubIssuesListInput } from "./actions.d.ts";

const client = new Connector({ apiKey: "api_key" });

export async function right(): Promise<[number, string]> {
  const issues = await client.github.issues_list({ repo: "octocat/Hello-World", state: "open" });
  const number: number = issues[0]!.number;
  const again = await client.execute("github.issues.list", { repo: "octocat/Hello-World" });
  const title: string = again[0]!.title;

  const input: GithubIssuesListInput = { repo: "octocat/Hello-World" };
  await new OpenConnector().github.issues_list(input);
  await new ProjectConnector({ apiKey: "oo_proj_key" }).execute("user", "github.issues_list", input);
  await client["google-calendar"].events_list({ calendar_id: "primary" });
  // What is not generated can still be called.
  await client.unknown.thing_do({ anything: true });
  return [number, title];
}

export function wrong(): unknown[] {
  return [
    // @ts-expect-error: no such parameter
    client.github.issues_list({ repo: "octocat/Hello-World", stat: "open" }),
    // @ts-expect-error: no such value
    client.github.issues_list({ repo: "octocat/Hello-World", state: "opened" }),
    // @ts-expect-error: a parameter is missing
    client.github.issues_list({}),
    // @ts-expect-error: a parameter of another type
    client.execute("github.issues.list", { repo: 1 }),
    // @ts-expect-error: null where none is taken
    client.github.issues_list({ repo: "octocat/Hello-World", state: null }),
    client.github.issues_list({ repo: "octocat/Hello-World" }).then((issues) => {
      // @ts-expect-error: no such member
      return issues[0]!.nmber;
    }),
  ];
}
