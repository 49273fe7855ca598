import type { Zone } from "./local-zone.ts";

/** Offsets in the interpreter's struct tm, in bytes. */
const TM = { sec: 0, min: 4, hour: 8, mday: 12, mon: 16, year: 20, wday: 24, yday: 28, isdst: 32 };
const GMTOFF = 36;
/** The C library keeps so many letters of a zone's name. */
const MAX_NAME = 16;
const DAY = 86_400;

/**
 * The interpreter's calls for local time, by the rules of one zone. The JavaScript engine's own would
 * know neither a rule in `TZ` nor a copied `/etc/localtime`, and call the zones `UTC+0800`.
 */
export class ZoneClock {
	readonly #memory: WebAssembly.Memory;
	readonly #zone: Zone;

	constructor(memory: WebAssembly.Memory, zone: Zone) {
		this.#memory = memory;
		this.#zone = zone;
	}

	/** The imports by name. */
	get imports(): Record<string, CallableFunction> {
		return {
			_localtime_js: (time: bigint, tm: number) => this.#write(Number(time), tm),
			_mktime_js: (tm: number) => this.#makeTime(tm),
			_tzset_js: (timezone: number, daylight: number, standard: number, summer: number) =>
				this.#setZone(timezone, daylight, standard, summer),
		};
	}

	/**
	 * Tells the C library the zone's names, which it has asked for once already: before the snapshot.
	 * @param exports Of the interpreter; `tzname` is the address of two addresses of texts.
	 */
	nameZone(exports: WebAssembly.Instance["exports"]): void {
		const [names, timezone, daylight] = ["tzname", "timezone", "daylight"].map((name) => {
			const exported = exports[name];
			return exported instanceof WebAssembly.Global ? Number(exported.value) : 0;
		});
		if (!names || !timezone || !daylight) return;
		const memory = new DataView(this.#memory.buffer);
		const [standard, summer] = [memory.getUint32(names, true), memory.getUint32(names + 4, true)];
		if (standard !== 0 && summer !== 0) this.#setZone(timezone, daylight, standard, summer);
	}

	#write(seconds: number, tm: number): void {
		const { offset, isDst } = this.#zone.at(seconds);
		const date = new Date((seconds + offset) * 1000);
		const year = date.getUTCFullYear();
		const memory = new DataView(this.#memory.buffer);
		const set = (at: number, value: number) => memory.setInt32((tm >>> 0) + at, value, true);
		set(TM.sec, date.getUTCSeconds());
		set(TM.min, date.getUTCMinutes());
		set(TM.hour, date.getUTCHours());
		set(TM.mday, date.getUTCDate());
		set(TM.mon, date.getUTCMonth());
		set(TM.year, year - 1900);
		set(TM.wday, date.getUTCDay());
		set(
			TM.yday,
			Math.floor((date.getTime() - new Date(0).setUTCFullYear(year, 0, 1)) / 1000 / DAY),
		);
		set(TM.isdst, isDst ? 1 : 0);
		set(GMTOFF, offset);
	}

	/** The Unix time of a date on the wall; where the clock skips or repeats it, the flag decides. */
	#makeTime(tm: number): bigint {
		const memory = new DataView(this.#memory.buffer);
		const get = (at: number) => memory.getInt32((tm >>> 0) + at, true);
		const date = new Date(0);
		date.setUTCFullYear(get(TM.year) + 1900, get(TM.mon), get(TM.mday));
		date.setUTCHours(get(TM.hour), get(TM.min), get(TM.sec));
		const wall = date.getTime() / 1000;
		if (Number.isNaN(wall)) return -1n;
		const flag = get(TM.isdst);
		const near = [this.#zone.at(wall - DAY), this.#zone.at(wall + DAY)];
		const wanted = near.find(({ isDst }) => flag >= 0 && isDst === flag > 0);
		const fits = near.filter(({ offset }) => this.#zone.at(wall - offset).offset === offset);
		const chosen = fits.find(({ isDst }) => flag >= 0 && isDst === flag > 0) ?? fits[0];
		const seconds = wall - (chosen ?? wanted ?? near[0] ?? { offset: 0 }).offset;
		this.#write(seconds, tm);
		return BigInt(seconds);
	}

	#setZone(timezone: number, daylight: number, standard: number, summer: number): void {
		const year = new Date().getUTCFullYear();
		const halves = [0, 6].map((month) => this.#zone.at(Date.UTC(year, month, 1) / 1000));
		const usual = halves.find(({ isDst }) => !isDst) ?? this.#zone.at(Date.UTC(year, 0, 1) / 1000);
		const other = halves.find(({ isDst }) => isDst);
		const memory = new DataView(this.#memory.buffer);
		memory.setInt32(timezone >>> 0, -usual.offset, true);
		memory.setInt32(daylight >>> 0, other === undefined ? 0 : 1, true);
		for (const [at, { name }] of [
			[standard, usual],
			[summer, other ?? usual],
		] as const) {
			const text = Buffer.from(`${name.slice(0, MAX_NAME)}\0`, "latin1");
			new Uint8Array(this.#memory.buffer).set(text, at >>> 0);
		}
	}
}
