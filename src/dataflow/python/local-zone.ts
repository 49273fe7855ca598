import { readFileSync, readlinkSync } from "node:fs";
import { codeOf } from "../../kit/mod.ts";
import { changesOf, type LocalTime, PosixRule } from "./posix-rule.ts";

const ZONES = "/usr/share/zoneinfo";
const LOCALTIME = "/etc/localtime";
/** A zone file is some kilobytes. */
const MAX_FILE_BYTES = 1 << 20;

/** The rules of one time zone: which offset and name hold when. */
export class Zone {
	readonly #times: Float64Array;
	readonly #kinds: readonly LocalTime[];
	readonly #first: LocalTime;
	readonly #rule: PosixRule | undefined;

	private constructor(kinds: readonly LocalTime[], times: Float64Array, rule?: PosixRule) {
		this.#times = times;
		this.#kinds = kinds;
		this.#first = kinds[0] ?? UTC_TIME;
		this.#rule = rule;
	}

	static readonly UTC = new Zone([{ offset: 0, isDst: false, name: "UTC" }], new Float64Array());

	/**
	 * Reads a zone file (TZif of RFC 8536).
	 * @throws RangeError when it is cut off.
	 */
	static fromFile(file: Buffer): Zone | undefined {
		if (file.toString("latin1", 0, 4) !== "TZif") return undefined;
		const { times, kinds, first, footer } = changesOf(file);
		return new Zone([first, ...kinds], times, PosixRule.parse(footer));
	}

	/** A zone written as POSIX does, such as `CST-8`; undefined when it is not. */
	static fromText(text: string): Zone | undefined {
		const rule = PosixRule.parse(text);
		return rule && new Zone([rule.standard], new Float64Array([-Infinity]), rule);
	}

	/** What holds at a Unix time in seconds. */
	at(seconds: number): LocalTime {
		const times = this.#times;
		const last = times.at(-1);
		if (last === undefined || seconds >= last) {
			return this.#rule?.at(seconds) ?? this.#kinds[times.length] ?? this.#first;
		}
		let [low, high] = [0, times.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((times[middle] ?? 0) <= seconds) low = middle + 1;
			else high = middle;
		}
		return this.#kinds[low] ?? this.#first;
	}
}

const UTC_TIME: LocalTime = { offset: 0, isDst: false, name: "UTC" };

/**
 * The local time zone of this machine as its C library finds it: what `TZ` names, a file or a rule, else
 * `/etc/localtime`, be it a link or a copy; UTC where there is neither.
 * @param tz The environment's TZ.
 * @param inside Reads a zone of this program's own by name, for a machine that has no zone files.
 */
export function localZone(
	tz: string | undefined,
	inside: (name: string) => Buffer | undefined,
): Zone {
	if (tz === undefined) return zoneOf(fileAt(LOCALTIME) ?? inside(linkedName())) ?? Zone.UTC;
	const name = tz.replace(/^:/, "");
	if (name.startsWith("/")) return zoneOf(fileAt(name)) ?? Zone.UTC;
	const isName = /^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/.test(name);
	const file = isName ? (fileAt(`${ZONES}/${name}`) ?? inside(name)) : undefined;
	return zoneOf(file) ?? Zone.fromText(name) ?? Zone.UTC;
}

function zoneOf(file: Buffer | undefined): Zone | undefined {
	if (file === undefined) return undefined;
	try {
		return Zone.fromFile(file);
	} catch {
		return undefined;
	}
}

function fileAt(path: string): Buffer | undefined {
	try {
		const file = readFileSync(path);
		return file.length <= MAX_FILE_BYTES ? file : undefined;
	} catch (error) {
		if (codeOf(error) === undefined) throw error;
		return undefined;
	}
}

/** The zone that `/etc/localtime` points at, although its file is not there. */
function linkedName(): string {
	try {
		return readlinkSync(LOCALTIME).replace(/^.*\/zoneinfo\//, "");
	} catch {
		return "";
	}
}
