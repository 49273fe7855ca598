import {
	closeSync,
	constants,
	fchmodSync,
	fstatSync,
	lstatSync,
	mkdirSync,
	openSync,
	readdirSync,
	type Stats,
	statSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf } from "./errors.ts";
import type { Logger } from "./log.ts";

const DIRECTORY = 0o700;
const FILE = 0o600;
/** What other users may do with a file. */
const OTHERS = 0o077;
/** Kept short in a log line. */
const NAMED = 20;

/** The program's files in a user directory, besides those whose names begin with the database's. */
const OURS = /^(iotctl\.(pid|log|run\.json|start-)|shell_history$|iottalk-.*\.db)/;
/** Directories of the whole machine, which an ini could name as userdir. Sticky ones are left as well. */
const SHARED = new Set(
	`/ /bin /boot /dev /etc /home /lib /media /mnt /opt /proc /root /run /sbin /srv /sys /usr /var
	/usr/bin /usr/lib /usr/local /usr/local/bin /usr/local/lib /usr/share
	/var/backups /var/cache /var/lib /var/local /var/log /var/mail /var/opt /var/spool`.split(/\s+/),
);

type Kind = "file" | "directory";

/** A file or directory that other users of the machine can read. */
export interface LooseEntry {
	readonly path: string;
	readonly kind: Kind;
	/** Permissions as `chmod` takes them, such as `0755`. */
	readonly mode: string;
	/** Why this program does not change it; undefined when it can. */
	readonly left: string | undefined;
	/** Users whose file it may be. */
	readonly owners: readonly number[];
}

/** Makes a directory, and those above it that are missing, for this user alone. */
export function makePrivateDirectory(path: string): void {
	mkdirSync(path, { recursive: true, mode: DIRECTORY });
}

/** Makes an empty file for this user alone; one that is there stays as it is. What SQLite adds to it gets its mode. */
export function makePrivateFile(path: string): void {
	try {
		closeSync(openSync(path, "wx", FILE));
	} catch (error) {
		if (codeOf(error) !== "EEXIST") throw error;
	}
}

/** What of the program's files others can read: the user directory, what is in it, the database. */
export function looseEntries(userdir: string, database: string): LooseEntry[] {
	const isDatabase = (name: string) => name.startsWith(basename(database));
	const folder = dirname(database);
	const owners = ownersOf(userdir);
	return [
		...looseDirectory(userdir, owners),
		...looseFiles(
			userdir,
			(name) => OURS.test(name) || (folder === userdir && isDatabase(name)),
			owners,
		),
		...(folder === userdir ? [] : looseFiles(folder, isDatabase, owners)),
		...looseDirectory(join(userdir, "tls"), owners),
		...looseFiles(join(userdir, "tls"), (name) => name === "key.pem", owners),
	];
}

/** A file an administrator has put somewhere, such as a private key, if every user may read it. */
export function readableByAll(path: string): LooseEntry[] {
	const isOpen = (modeOf(path) & 0o004) !== 0;
	if (!isOpen) return [];
	const left = "chmod 600, or 640 for a group";
	return [{ path, kind: "file", mode: octal(modeOf(path)), left, owners: [] }];
}

/** What of certain files of a directory others can read. */
export function looseFiles(
	folder: string,
	isOurs: (name: string) => boolean,
	owners = ownersOf(folder),
): LooseEntry[] {
	let names: string[];
	try {
		// Behind a link, the directory is not the program's.
		if (!lstatSync(folder).isDirectory() && basename(folder) === "tls") return [];
		names = readdirSync(folder);
	} catch {
		return [];
	}
	return names.filter(isOurs).flatMap((name) => loose(join(folder, name), "file", owners));
}

/** Takes from others what {@link looseEntries} found, as far as it may be. @returns what was tightened. */
export function tighten(entries: readonly LooseEntry[]): LooseEntry[] {
	return entries.filter((entry) => entry.left === undefined && tightenOne(entry));
}

/** Tightens what an older version left open, and says what it did and what others can still read. */
export function keepPrivate(userdir: string, database: string, log: Logger): void {
	const found = looseEntries(userdir, database);
	const done = tighten(found);
	for (const [directory, entries] of byDirectory(done)) {
		const own = entries.find(({ path }) => path === directory);
		log.warn("permissions restricted: other users of this machine could read these files", {
			directory,
			...(own !== undefined && { was: own.mode }),
			files: entries
				.filter((entry) => entry !== own)
				.slice(0, NAMED)
				.map(({ path, mode }) => `${basename(path)} ${mode}`),
		});
	}
	for (const { path, mode, left } of found.filter((entry) => !done.includes(entry))) {
		log.warn("readable by other users of this machine, and not changed", {
			path,
			mode,
			reason: left ?? "it could not be changed",
		});
	}
}

/** A directory is with the files that are in it. */
function byDirectory(entries: readonly LooseEntry[]): Map<string, LooseEntry[]> {
	return Map.groupBy(entries, ({ path, kind }) => (kind === "directory" ? path : dirname(path)));
}

/** Root acts for whom the directory belongs to: what is theirs they could change themselves. */
function ownersOf(folder: string): number[] {
	const own = process.geteuid?.() ?? -1;
	try {
		return own === 0 ? [0, statSync(folder).uid] : [own];
	} catch {
		return [own];
	}
}

function looseDirectory(path: string, owners: readonly number[]): LooseEntry[] {
	if (!isDirectory(path)) return [];
	const found = loose(path, "directory", owners);
	const isShared = SHARED.has(resolve(path)) || resolve(path) === homedir();
	const isSticky = (modeOf(path) & 0o1000) !== 0;
	return found.map((entry) =>
		isShared || isSticky
			? { ...entry, left: "it is shared; use a directory of the server's own" }
			: entry,
	);
}

function isDirectory(path: string): boolean {
	try {
		return statSync(path).isDirectory();
	} catch {
		return false;
	}
}

/** @param kind What else is at that path is not a file of the program's, and stays as it is. */
function loose(path: string, kind: Kind, owners: readonly number[]): LooseEntry[] {
	try {
		const own = lstatSync(path);
		const found = own.isSymbolicLink() ? statSync(path) : own;
		if (!isOfKind(found, kind) || (found.mode & OTHERS) === 0) return [];
		const left = own === found ? reasonToLeave(found, owners) : "it is a symbolic link";
		return [{ path, kind, mode: octal(found.mode), left, owners }];
	} catch (error) {
		// Not there, or not to be looked at.
		if (codeOf(error) !== undefined) return [];
		throw error;
	}
}

/** A file with a second name may be a trap of the directory's owner. */
function reasonToLeave(found: Stats, owners: readonly number[]): string | undefined {
	if (!owners.includes(found.uid)) return `it belongs to user ${found.uid}`;
	return found.isFile() && found.nlink > 1 ? "it has several hard links" : undefined;
}

const isOfKind = (found: Stats, kind: Kind) =>
	kind === "file" ? found.isFile() : found.isDirectory();

/**
 * By descriptor, so that what was looked at is what is changed. What its owner may do stays: a directory or file made
 * read-only is meant to be.
 */
function tightenOne({ path, kind, owners }: LooseEntry): boolean {
	let file: number | undefined;
	try {
		file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		const found = fstatSync(file);
		if (!isOfKind(found, kind) || reasonToLeave(found, owners) !== undefined) return false;
		fchmodSync(file, found.mode & 0o7777 & ~OTHERS);
		return true;
	} catch {
		return false;
	} finally {
		if (file !== undefined) closeSync(file);
	}
}

const octal = (mode: number) => (mode & 0o7777).toString(8).padStart(4, "0");

function modeOf(path: string): number {
	try {
		return statSync(path).mode;
	} catch {
		return 0;
	}
}
