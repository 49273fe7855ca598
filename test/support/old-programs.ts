// Device programs of the older protocol, each in the manner of a family of clients that cannot be changed: what it
// depends on is what the server is held to (v1-http.md §5).
import { OldApi } from "./old-client.ts";

/** A program that sends one feature and receives another; `step` is one round of its loop. */
export interface OldProgram {
	readonly mac: string;
	/** Newest value it received. */
	readonly received: unknown;
	/** Whether it sends and receives at the moment. */
	readonly isRunning: boolean;
	/** How often it registered. */
	readonly registrations: number;
	/** Sends a value, if it may, and takes what there is. */
	step(value: number): Promise<void>;
}

const INPUT = "Dummy_Sensor";
const OUTPUT = "Dummy_Control";
const FEATURES = [INPUT, OUTPUT];

type Sample = [string, unknown[]];

const profileOf = (dm_name: string, more: object) => ({
	profile: { dm_name, df_list: FEATURES, is_sim: false, u_name: "yb", ...more },
});

/** As DAN.py: looks at the text of errors, reads the profile for its features, starts running. */
export class PythonProgram implements OldProgram {
	received: unknown;
	isRunning = true;
	registrations = 0;
	readonly #api: OldApi;
	#key = "";
	#isRegistered = false;
	#controlTime = "";
	#dataTime = "";
	#selected: readonly string[] = [];

	constructor(
		base: string,
		readonly mac: string,
		readonly model: string,
	) {
		this.#api = new OldApi(base);
	}

	async step(value: number): Promise<void> {
		try {
			if (!this.#isRegistered) await this.#register();
			await this.#control();
			if (!this.isRunning) return;
			if (this.#selected.includes(INPUT)) await this.#put(INPUT, [value]);
			if (this.#selected.includes(OUTPUT)) {
				const [newest] = await this.#get(OUTPUT);
				if (newest !== undefined && newest[0] !== this.#dataTime) {
					[this.#dataTime, [this.received]] = newest;
				}
			}
		} catch (error) {
			// Anything else is tried again for ever.
			if (String(error).includes("mac_addr not found:")) this.#isRegistered = false;
		}
	}

	async #register(): Promise<void> {
		const { text } = await this.#api.send("POST", `/${this.mac}`, profileOf(this.model, {}));
		const { d_name, password } = JSON.parse(text);
		if (typeof d_name !== "string") throw new Error("no d_name");
		this.#key = String(password);
		this.#isRegistered = true;
		this.registrations += 1;
	}

	async #control(): Promise<void> {
		const [newest] = await this.#get("__Ctl_O__");
		if (newest === undefined || newest[0] === this.#controlTime) return;
		const [time, [command, body]] = newest;
		this.#controlTime = time;
		if (command === "RESUME") this.isRunning = true;
		if (command === "SUSPEND") this.isRunning = false;
		if (command !== "SET_DF_STATUS") return;
		const { cmd_params } = body as { cmd_params: [string] };
		const { samples } = JSON.parse(await this.#ask("GET", "profile"));
		const list = samples.df_list as string[];
		this.#selected = list.filter((_name, at) => cmd_params[0][at] === "1");
		await this.#put("__Ctl_I__", ["SET_DF_STATUS_RSP", { cmd_params }]);
	}

	async #put(feature: string, data: unknown[]): Promise<void> {
		await this.#ask("PUT", feature, { data });
	}

	async #get(feature: string): Promise<Sample[]> {
		return JSON.parse(await this.#ask("GET", feature)).samples;
	}

	async #ask(method: string, feature: string, body?: unknown): Promise<string> {
		const headers = { "password-key": this.#key, "content-type": "application/json" };
		const path = `/${this.mac}/${feature}`;
		const { status, text } = await this.#api.send(method, path, body, headers);
		if (status !== 200) throw new Error(text);
		return text;
	}
}

/**
 * As the old dan.js: knows no key, registers once, starts suspended with nothing selected, and drops flags of another
 * length than its own list.
 */
export class JavaScriptProgram implements OldProgram {
	received: unknown;
	isRunning = false;
	registrations = 0;
	readonly #api: OldApi;
	readonly #times = new Map<string, string>();
	#selected: readonly string[] = [];

	constructor(
		base: string,
		readonly mac: string,
		readonly model: string,
	) {
		this.#api = new OldApi(base);
	}

	async step(value: number): Promise<void> {
		if (this.registrations === 0) {
			const body = profileOf(this.model, { d_name: "browser" });
			const { status } = await this.#api.send("POST", `/${this.mac}`, body);
			if (status !== 200) return;
			this.registrations += 1;
		}
		for (const feature of this.#selected) {
			if (!this.isRunning) break;
			// It learns which of its features are inputs by its own pushes.
			if (feature === INPUT) {
				await this.#quietly("PUT", feature, { data: [value] });
				continue;
			}
			const data = await this.#news(feature);
			if (data !== undefined) [this.received] = data;
		}
		const [command, body] = (await this.#news("__Ctl_O__")) ?? [];
		if (command === "RESUME") this.isRunning = true;
		if (command === "SUSPEND") this.isRunning = false;
		if (command !== "SET_DF_STATUS") return;
		const [flags = ""] = (body as { cmd_params: string[] }).cmd_params;
		if (flags.length !== FEATURES.length) return;
		this.#selected = FEATURES.filter((_name, at) => flags[at] === "1");
	}

	/** The newest sample, if it is new. */
	async #news(feature: string): Promise<unknown[] | undefined> {
		const text = await this.#quietly("GET", feature);
		const [newest] = (text === "" ? [] : JSON.parse(text).samples) as Sample[];
		if (newest === undefined || newest[0] === this.#times.get(feature)) return undefined;
		this.#times.set(feature, newest[0]);
		return newest[1];
	}

	/** The answer, empty when there is none. */
	async #quietly(method: string, feature: string, body?: unknown): Promise<string> {
		try {
			const { status, text } = await this.#api.send(method, `/${this.mac}/${feature}`, body);
			return status === 200 ? text : "";
		} catch {
			return "";
		}
	}
}

/**
 * As sketches for ESP8266: bytes on a socket, LF alone, no Host, a line end behind the body; it cuts values out of the
 * text, drops the last character, and registers again whenever an answer is not 200. It never echoes its flags.
 */
export class ArduinoProgram implements OldProgram {
	received: unknown;
	isRunning = false;
	registrations = 0;
	readonly #api: OldApi;
	#isRegistered = false;
	#flags = "00";

	constructor(
		base: string,
		readonly mac: string,
		readonly model: string,
	) {
		this.#api = new OldApi(base);
	}

	async step(value: number): Promise<void> {
		if (!this.#isRegistered) {
			const body = JSON.stringify(profileOf(this.model, { d_name: `${this.mac}.board` }));
			const answer = await this.#say("POST", `/${this.mac}`, body);
			this.#isRegistered = answer !== undefined;
			if (!this.#isRegistered) return;
			this.registrations += 1;
		}
		const control = (await this.#say("GET", `/${this.mac}/__Ctl_O__`)) ?? "";
		if (control.includes("SET_DF_STATUS")) {
			this.#flags = /"cmd_params":\["([01]+)"/.exec(control)?.[1] ?? "00";
		}
		// It looks at the newest alone.
		const newest = control.split("]}]")[0] ?? "";
		if (newest.includes('"RESUME"')) this.isRunning = true;
		if (newest.includes('"SUSPEND"')) this.isRunning = false;
		if (!this.isRunning) return;
		if (this.#flags[0] === "1")
			await this.#say("PUT", `/${this.mac}/${INPUT}`, `{"data":[${value}]}`);
		if (this.#flags[1] !== "1") return;
		const text = (await this.#say("GET", `/${this.mac}/${OUTPUT}`)) ?? "";
		const [, number] = /^\{"samples":\[\["[^"]*",\[([^\]]*)\]/.exec(text) ?? [];
		if (number !== undefined) this.received = Number(number);
	}

	/** The text of an answer without its last character; undefined: it was not 200. */
	async #say(method: string, path: string, body = ""): Promise<string | undefined> {
		const length = body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
		const head = [`${method} ${path} HTTP/1.1`, ...length, "", ""].join("\n");
		// println ends the body with a line end of its own.
		const answer = await this.#api.raw([head, `${body}\r\n`], 1).catch(() => "");
		const at = answer.indexOf("\r\n\r\n");
		if (answer.includes(" 200 OK")) return answer.slice(at + 4, -1);
		this.#isRegistered = false;
		return undefined;
	}
}
