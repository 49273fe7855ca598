// What is typed in matrix.test.ts, and how it ends.
import { existsSync } from "node:fs";

/** A command, and the exit codes of an owner for each state; `others` is that of a user without permission. */
export interface Row {
	readonly words: string;
	readonly codes: readonly [running: number, suspended: number, stopped: number];
	/** 1 unless it has nothing to do with the server. */
	readonly others?: number;
	readonly input?: string;
	/** Rows of one story are run in their order, as one test. */
	readonly story?: string;
	/** What the state is after it where it changes something: it is put back. */
	readonly changes?: boolean;
}

const PASSWORD = "a long password\n";
export const ROWS: readonly Row[] = [
	{ words: "status", codes: [0, 4, 3] },
	{ words: "status --json", codes: [0, 4, 3] },
	{ words: "reload", codes: [0, 4, 3] },
	{ words: "engine restart", codes: [0, 4, 3] },
	{ words: "shell", codes: [0, 1, 1], input: "devices\n" },
	{ words: "start csm", codes: [1, 1, 0], changes: true },
	{ words: "start --detach csm", codes: [1, 1, 0], changes: true },
	{ words: "demo", codes: [0, 0, 0], others: 0 },
	{ words: "project list", codes: [0, 4, 3] },
	{ words: "project list --json", codes: [0, 4, 3] },
	{ words: "project show none", codes: [1, 4, 3] },
	{ words: "project on none", codes: [1, 4, 3] },
	{ words: "project off none", codes: [1, 4, 3] },
	{ words: "project copy none other", codes: [1, 4, 3] },
	{ words: "project export none -", codes: [1, 4, 3] },
	{ words: "project import --owner none PROJECT", codes: [1, 4, 3] },
	{ words: "graph show none", codes: [1, 4, 3] },
	{ words: "function try FUNCTION --sample 1", codes: [0, 4, 3] },
	{ words: "initdb", codes: [1, 1, 0] },
	{ words: "initdb ccm", codes: [1, 1, 0] },
	{ words: "export EXPORT", codes: [0, 0, 0] },
	{ words: "import --dry-run IMPORT", codes: [0, 0, 0] },
	{ words: "import-v2 --dry-run V2", codes: [0, 0, 0] },
	{ words: "import-v2 V2", codes: [1, 1, 0] },
	{ words: "backup --keep 2 DIR", codes: [0, 0, 0] },
	{ words: "restore BACKUP", codes: [1, 1, 0] },
	{ words: "genconf --force INI", codes: [0, 0, 0], others: 0 },
	{ words: "check", codes: [0, 0, 0] },
	{ words: "service install --dry-run", codes: [0, 0, 0], others: 0 },
	...(existsSync("/run/systemd/system")
		? []
		: [
				{ words: "service install", codes: [1, 1, 1] as const },
				{ words: "service uninstall", codes: [1, 1, 1] as const },
				{ words: "service status", codes: [1, 1, 1] as const },
			]),
	{ words: "user add NEW", codes: [0, 0, 0], input: PASSWORD, story: "user" },
	{ words: "user passwd NEW", codes: [0, 0, 0], input: PASSWORD, story: "user" },
	{ words: "user list", codes: [0, 0, 0], story: "user" },
	{ words: "user del NEW", codes: [0, 0, 0], story: "user" },
	{ words: "user code --days 3", codes: [0, 0, 0] },
	{ words: "user secret ccm", codes: [0, 0, 0] },
	{ words: "setup", codes: [0, 4, 3] },
	{ words: "token create --days 3 NEW", codes: [0, 0, 0], story: "token" },
	{ words: "token list", codes: [0, 0, 0], story: "token" },
	{ words: "token revoke NEW", codes: [0, 0, 0], story: "token" },
	{ words: "cert self-signed --force gateway.test", codes: [0, 0, 0] },
	{ words: "licenses", codes: [0, 0, 0], others: 0 },
	{ words: "completion bash", codes: [0, 0, 0], others: 0 },
	{ words: "help status", codes: [0, 0, 0], others: 0 },
	// The server is none's node.
	{ words: "cluster list", codes: [1, 1, 1] },
	{ words: "cluster drain none", codes: [1, 1, 1] },
	{ words: "cluster forget none", codes: [1, 1, 1] },
	{ words: "restart", codes: [0, 1, 0], changes: true },
	{ words: "stop", codes: [0, 1, 0], changes: true },
];

/** Rows that have to be run together, by what they are called. */
export const STORIES = Object.entries(
	Object.groupBy(ROWS, ({ story, words }) => story ?? words),
).map(([name, rows = []]) => [name, rows] as const);
