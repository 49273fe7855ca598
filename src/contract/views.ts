// What the server says of itself: the JSON of `/api/…`, read by the live page and by `iotctl status`.

/** `GET /api/status`. */
export interface StatusView {
	readonly version: string;
	readonly pid: number;
	/** Unix time of the start, seconds. */
	readonly since: number;
	readonly http: string;
	readonly mqtt: string;
	readonly ws: string;
	readonly database: string;
	/** Whether logins are asked for. */
	readonly logins: boolean;
	readonly broker: {
		readonly kind: "embedded" | "external";
		readonly clients: number | null;
		readonly received: number | null;
		readonly retained: number | null;
		readonly subscriptions: number | null;
	};
	readonly devices: { readonly online: number; readonly known: number };
	readonly graphs: number;
	readonly functions: number;
	readonly messages: {
		/** Data messages graphs took, since the start. */
		readonly received: number;
		/** Data messages graphs published. */
		readonly published: number;
		/** By reason. */
		readonly dropped: Readonly<Record<string, number>>;
		/** Messages that wait for functions. */
		readonly waiting: number;
		/** Of the last ten seconds. */
		readonly received_per_second: number;
		readonly published_per_second: number;
	};
	readonly engine: {
		readonly state: "off" | "starting" | "ready";
		readonly pid: number | null;
		readonly restarts: number;
	};
	readonly memory_bytes: number;
	/** What an operator should know. */
	readonly warnings: readonly string[];
}

/** An entry of `GET /api/devices`: the registration as GET answers it, with presence as `state`. */
export interface DeviceView {
	readonly id: string;
	readonly name: string;
	readonly state: "nothing" | "offline" | "online";
	readonly [field: string]: unknown;
}

/** An entry of `GET /api/graphs`. */
export interface GraphView {
	readonly client: string;
	readonly graph: string;
	readonly join: FunctionView;
	readonly monitor_topic: string | null;
	readonly idfs: readonly LinkView[];
	readonly odfs: readonly LinkView[];
	readonly dropped: number;
	readonly last_error: ErrorView | null;
}

export interface FunctionView {
	/** Its digest. */
	readonly func: string | null;
	readonly depends: Readonly<Record<string, string>>;
	/** The first line of its source that says something. */
	readonly title: string | null;
}

export interface LinkView extends FunctionView {
	readonly da_id: string;
	/** Name of the device; null while it is not registered. */
	readonly device: string | null;
	readonly feature: string;
	readonly topic: string;
	readonly param_no: number | null;
	readonly tag_param_no: number;
	readonly input_type: string | readonly string[] | null;
	/** Why the function cannot be used, and the link is without data; null: it can. */
	readonly error: string | null;
	/** Messages since this server drew the graph. */
	readonly messages: number;
	/** JSON text of the newest message, cut; null unless somebody watches. */
	readonly last: string | null;
}

export interface ErrorView {
	/** Unix time, seconds. */
	readonly at: number;
	readonly kind: string;
	readonly stage: string | null;
	readonly digest: string | null;
	/** Line of the function that failed, from 1, and its text. */
	readonly line: number | null;
	readonly source: string | null;
	readonly reason: string;
}

/** An entry of `GET /api/functions`. */
export interface FunctionInfoView {
	readonly digest: string;
	/** Whether `add_link` and `set_join` take it; else a link or join keeps its source. */
	readonly listed: boolean;
	/** Of its source in UTF-8. */
	readonly bytes: number;
	/** Uses as a function or helper of a link or join. */
	readonly uses: number;
}

/** What one second of `GET /api/events` changed. */
export interface ChangesView {
	readonly status: StatusView;
	/** Entries that are new or changed, by their key. */
	readonly devices: Readonly<Record<string, DeviceView | null>>;
	/** Keyed `client/graph`; null: it is gone. */
	readonly graphs: Readonly<Record<string, GraphView | null>>;
	/** New lines of the log. */
	readonly log: readonly Readonly<Record<string, unknown>>[];
}
