/** A feature, as its device registered it. */
export interface DeviceFeatureView {
	readonly df_name: string;
	readonly df_type: "input" | "output";
	readonly param_no: number;
}

/** A place in a project where a device is bound. */
export interface BoundPlace {
	readonly p_id: number;
	readonly p_name: string;
	readonly do_id: number;
}

/** A device the reader may see (`GET /api/v1/devices`). */
export interface DeviceView {
	readonly d_id: number;
	/** UUID in lowercase. */
	readonly mac_addr: string;
	readonly d_name: string;
	readonly status: "online" | "offline";
	/** Unix time of the last news of it, seconds; null: not known. */
	readonly seen: number | null;
	/** Unix time, seconds. */
	readonly register_time: number;
	readonly is_sim: boolean;
	/** Its owner; null: none. */
	readonly u_id: number | null;
	readonly u_name: string | null;
	/** Null: no model of that name exists. */
	readonly dm_id: number | null;
	/** As the device says; empty: it says none. */
	readonly dm_name: string;
	readonly features: readonly DeviceFeatureView[];
	/** What the reader may do with it. */
	readonly may: { readonly claim: boolean; readonly release: boolean; readonly model: boolean };
	readonly device_webpage: string;
	readonly extra_setup_webpage: string;
	readonly bound: readonly BoundPlace[];
	/** Places in projects of others. */
	readonly bound_elsewhere: number;
}

/** An event of `GET /api/v1/devices/events`. */
export interface DeviceNews {
	/** Whether these are all; else those that are new or changed. */
	readonly whole: boolean;
	readonly devices: readonly DeviceView[];
	/** UUIDs of those that are there no more. */
	readonly gone: readonly string[];
}
