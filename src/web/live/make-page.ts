// Makes the pages: one HTML text each with its script and styles inside, which the server embeds.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const out = join(import.meta.dir, "../../../build/page");
const read = (name: string) => readFileSync(join(import.meta.dir, name), "utf8");

mkdirSync(out, { recursive: true });
for (const name of ["page", "openapi"]) {
	const built = await Bun.build({
		entrypoints: [join(import.meta.dir, `${name}.tsx`)],
		target: "browser",
		minify: true,
		define: { "process.env.NODE_ENV": '"production"' },
	});
	const script = (await built.outputs[0]?.text()) ?? "";
	const html = read("page.html")
		.replace("/* styles */", () => read("page.css"))
		// A closing tag inside a text would end the script for the browser.
		.replace("/* script */", () => script.replaceAll("</script", "<\\/script"));
	writeFileSync(join(out, `${name}.txt`), html);
}
const login = read("login.html").replace("/* styles */", () => read("page.css"));
writeFileSync(join(out, "login.txt"), login);
