import { describe, expect, test } from "bun:test";
import { type Context, interpolate } from "../../src/config/interpolate.ts";

const VALUES: Record<string, string> = {
	"core:host": "lamp.local",
	"core:url": `http://\${host}:\${web:port}`,
	"web:port": "9992",
	"web:loop": `a \${core:around}`,
	"core:around": `\${web:loop}`,
};
const IN_TEXT: Context = {
	section: "core",
	lookUp: (section, key) => VALUES[`${section}:${key}`],
	home: undefined,
};
const IN_PATH: Context = { ...IN_TEXT, home: "/home/pi" };

describe("a value of the ini", () => {
	test.each([
		["plain", "plain"],
		[`\${host}`, "lamp.local"],
		[`\${HOST}`, "lamp.local"],
		[`\${web:port}/x`, "9992/x"],
		[`\${url}`, "http://lamp.local:9992"],
		["5 $$", "5 $"],
		["$HOME is just text", "$HOME is just text"],
	])("%s becomes %s", (value, text) => {
		expect(interpolate(value, IN_TEXT)).toEqual({ text });
	});

	test.each([["$HOME/x"], [`\${HOME}/x`]])(
		"that is a path has the home directory in %s",
		(path) => {
			expect(interpolate(path, IN_PATH)).toEqual({ text: "/home/pi/x" });
		},
	);

	test.each([
		[`\${nothing}`, IN_TEXT, `refers to \${nothing}, which is not set`],
		[`\${web:loop}`, IN_TEXT, `refers to itself through \${web:loop}`],
		["$USER/x", IN_PATH, "contains $USER, but only $HOME is supported ($$ is a literal $)"],
	])("%s is refused", (value, context, problem) => {
		expect(interpolate(value, context)).toEqual({ problem });
	});
});
