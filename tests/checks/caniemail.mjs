// Reads pages, given by path, and prints one JSON line: for each feature that a client does not support, the clients.
// Features with partial support are counted, not named: nearly every CSS property has a note for some Outlook.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, clients, ...paths] = process.argv.slice(2);
const find = createRequire(pathToFileURL(`${folder}/package.json`));
const { caniemail } = await import(pathToFileURL(find.resolve("caniemail")));

const pages = {};
for (const path of paths) {
  const { issues } = caniemail({ clients: clients.split(","), html: readFileSync(path, "utf8") });
  const unsupported = {};
  for (const [client, found] of issues.errors)
    for (const { title } of found) (unsupported[title] ??= new Set()).add(client);
  const partly = new Set([...issues.warnings.values()].flat().map(({ title }) => title));
  const named = Object.entries(unsupported).map(([title, at]) => [title, [...at].sort()]);
  pages[path] = { unsupported: Object.fromEntries(named.sort()), partly: partly.size };
}
console.log(JSON.stringify(pages));
