// Makes the pages: one HTML text each with its script and styles inside, which the server embeds; the editor, and the
// pages of phones.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeEditor } from "../editor/make-page.ts";
import { makePhone } from "../phone/make-page.ts";

const web = join(import.meta.dir, "..");
const out = join(web, "../../build/page");
const read = (name: string) => readFileSync(join(web, name), "utf8");

/** By their names in `build/page`: the script, and the folder of their HTML and styles. */
const PAGES = {
	page: { script: "live/page.tsx", folder: "live" },
	openapi: { script: "live/openapi.tsx", folder: "live" },
} as const;

mkdirSync(out, { recursive: true });
for (const [name, { script: entry, folder }] of Object.entries(PAGES)) {
	const built = await Bun.build({
		entrypoints: [join(web, entry)],
		target: "browser",
		minify: true,
		define: { "process.env.NODE_ENV": '"production"' },
	});
	const script = (await built.outputs[0]?.text()) ?? "";
	const html = read(`${folder}/page.html`)
		.replace("/* styles */", () => read(`${folder}/page.css`))
		// A closing tag inside a text would end the script for the browser.
		.replace("/* script */", () => script.replaceAll("</script", "<\\/script"));
	writeFileSync(join(out, `${name}.txt`), html);
}
const login = read("live/login.html").replace("/* styles */", () => read("live/page.css"));
writeFileSync(join(out, "login.txt"), login);
const joining = read("join/join.html").replace("/* styles */", () => read("join/join.css"));
writeFileSync(join(out, "join.txt"), joining);
await makeEditor();
await makePhone();
