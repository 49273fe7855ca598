import { describe, expect, test } from "bun:test";
import { parseConfig } from "../src/config/config.ts";
import { ServerOptions } from "../src/server-options.ts";

const config = (text: string) => parseConfig("test.ini", text, "/home/x");

describe("a reload", () => {
	test("changes limits in place, and names what has to wait for a start, each time", () => {
		const options = new ServerOptions(config(""));
		const graphs = options.graphs();
		const changed = config("[core]\nbind = 0.0.0.0\n[esm]\nmax-graphs = 3\n");
		expect(options.reload(changed)).toEqual({
			applied: ["esm.max-graphs"],
			needRestart: ["core.bind"],
		});
		expect(graphs.maxGraphs).toBe(3);
		expect(options.reload(changed)).toEqual({ applied: [], needRestart: ["core.bind"] });
	});

	test("leaves what cannot change as the server started with it", () => {
		const options = new ServerOptions(config(""));
		options.reload(config("[core]\nbind = 0.0.0.0\nmax-devices = 5\n"));
		expect(options.config.core.bind).toBe("127.0.0.1");
		expect(options.config.core["max-devices"]).toBe(5);
	});
});
