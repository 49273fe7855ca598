import { statSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, resolve } from "node:path";
import type { DeniedError } from "../kit/mod.ts";
import { programWords } from "./invocation.ts";
import { userName } from "./user-name.ts";

/** What was typed, as far as advice depends on it. */
export interface Call {
	/** Arguments behind the program's name. */
	readonly args: readonly string[];
	/** The ini in use; undefined for none. */
	readonly ini: string | undefined;
}

/** Commands of this program in a text: `as` is what comes before, `of` which of its commands. */
const COMMANDS =
	/(?<![\w./-])(?<as>sudo )?iotctl (?=-|\[|(?<of>start|stop|restart|reload|status|shell|initdb|export|import|backup|restore|check|engine|setup|user|token|cert|cluster|project|graph|function)\b|(?:demo|genconf|service|completion|licenses|help)\b)/g;

/**
 * A text that names commands, with what has to be typed for the program, and the ini in use in those that work on a
 * server or its data: what is advised must work when typed. Advice with sudo names its ini itself.
 */
export function advise(
	text: string,
	ini: string | undefined,
	program: readonly string[] = programWords(),
): string {
	const name = program.map(quoted).join(" ");
	return text.replace(COMMANDS, (_, as = "", of?: string) => {
		const config = ini === undefined || as !== "" || of === undefined ? "" : `-c ${quoted(ini)} `;
		return `${as}${name} ${config}`;
	});
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
	return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A denied access in one line: what, whose it is, what to type. */
export function deniedText({ message, path }: DeniedError, call: Call): string {
	const keeper = keeperOf(path);
	const uid = userInfo().uid;
	if (keeper === undefined || uid === 0) return message;
	if (keeper.uid === uid) {
		return `${message}; "${keeper.path}" is yours: allow access with chmod u+rwX ${quoted(keeper.path)}`;
	}
	return `${message}; "${keeper.path}" belongs to ${userName(keeper.uid)}: try ${asRoot(call)}`;
}

/** The command once more, as root. sudo forgets the variable and the home directory, so the ini is named. */
function asRoot({ args, ini }: Call): string {
	const isNamed = args.some((word) => /^(-c|--config)/.test(word));
	const named = isNamed || ini === undefined ? [] : ["-c", ini];
	return ["sudo", "iotctl", ...named, ...args].map(quoted).join(" ");
}

/** The file itself, or the nearest directory above it that can be looked at: one of them keeps us out. */
function keeperOf(path: string): { readonly path: string; readonly uid: number } | undefined {
	for (let place = resolve(path); ; place = dirname(place)) {
		try {
			return { path: place, uid: statSync(place).uid };
		} catch {
			if (place === dirname(place)) return undefined;
		}
	}
}
