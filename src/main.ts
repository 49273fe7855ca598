const [first, limits = ""] = process.argv.slice(2);
// The engine role loads nothing of the server: it is a child with a memory of its own. Only the host hands
// over limits; the word alone, or behind a command, is a wrong option like any other.
if (first === "--engine" && limits.startsWith("{")) {
	const { runEngine } = await import("./dataflow/python/engine.ts");
	await runEngine(limits);
} else {
	const { runCli } = await import("./cli/cli.ts");
	const serverModules = async () => (await import("./servers/server-modules.ts")).SERVER_MODULES;
	// An output that failed meanwhile has set it already.
	process.exitCode = (await runCli(process.argv.slice(2), serverModules)) || process.exitCode;
}
