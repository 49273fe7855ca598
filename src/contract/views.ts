// What the server says of itself: the JSON of `/api/…`, read by the live page and by `iotctl status`. Each shape is a
// schema, which the OpenAPI document shows, and the type made from it.
import { type Static, type TSchema, Type } from "@sinclair/typebox";

/** A value that must not be changed through it. */
type Unchangeable<T> = T extends readonly (infer E)[]
	? readonly Unchangeable<E>[]
	: T extends object
		? { readonly [K in keyof T]: Unchangeable<T[K]> }
		: T;
type View<T extends TSchema> = Unchangeable<Static<T>>;

const orNull = <T extends TSchema>(schema: T, description?: string) =>
	Type.Union([schema, Type.Null()], description === undefined ? {} : { description });
const text = (description: string) => Type.String({ description });
const count = (description: string) => Type.Number({ description });

const engineView = {
	state: Type.Union([Type.Literal("off"), Type.Literal("starting"), Type.Literal("ready")]),
	pid: orNull(Type.Number()),
	restarts: count("Engines that were replaced."),
};

/** One function engine. */
export const EngineView = Type.Object({
	...engineView,
	number: Type.Integer({ description: "From 1." }),
	graphs: count("Attached graphs that have functions and live in it."),
	functions: Type.Number(),
	messages: count("Messages it worked on, since the start."),
	busy_seconds: count("Time it worked on them."),
});
export type EngineView = View<typeof EngineView>;

/** What a server says of its process, whatever it is made of. */
const processView = {
	version: Type.String(),
	pid: Type.Number(),
	since: count("Unix time of the start, seconds."),
	http: Type.String(),
	https: Type.Optional(Type.String({ description: "Where it is encrypted besides." })),
	mqtt: Type.String(),
	ws: Type.String(),
	database: Type.String(),
	memory_bytes: Type.Number(),
	warnings: Type.Array(Type.String(), { description: "What an operator should know." }),
};

/** `GET /api/status`. */
export const StatusView = Type.Object({
	...processView,
	logins: Type.Boolean({ description: "Whether logins are asked for." }),
	broker: Type.Object({
		kind: Type.Union([Type.Literal("embedded"), Type.Literal("external")]),
		clients: orNull(Type.Number()),
		received: orNull(Type.Number()),
		retained: orNull(Type.Number()),
		subscriptions: orNull(Type.Number()),
	}),
	devices: Type.Object({ online: Type.Number(), known: Type.Number() }),
	v1: orNull(
		Type.Object({
			port: Type.Integer(),
			online: Type.Number(),
			known: Type.Number(),
		}),
		"Devices of the older protocol, which are among the others; null: the protocol is off.",
	),
	graphs: Type.Number(),
	functions: Type.Number(),
	messages: Type.Object({
		received: count("Data messages graphs took, since the start."),
		published: count("Data messages graphs published."),
		dropped: Type.Record(Type.String(), Type.Number(), { description: "By reason." }),
		waiting: count("Messages that wait for functions."),
		received_per_second: count("Over the last ten seconds."),
		published_per_second: Type.Number(),
	}),
	engine: Type.Object(engineView, {
		description: "All function engines: ready if one is, with the first one's process id.",
	}),
	engines: Type.Array(EngineView),
});
export type StatusView = View<typeof StatusView>;

/** An entry of `GET /api/devices`: the registration as GET answers it, with presence as `state`. */
export const DeviceView = Type.Object(
	{
		id: Type.String(),
		name: Type.String(),
		state: Type.Union([Type.Literal("nothing"), Type.Literal("offline"), Type.Literal("online")]),
	},
	{ additionalProperties: true, description: "The registration, with presence as state." },
);
export type DeviceView = View<typeof DeviceView> & { readonly [field: string]: unknown };

const functionView = {
	func: orNull(Type.String(), "Digest of the function."),
	depends: Type.Record(Type.String(), Type.String()),
	title: orNull(Type.String(), "The first line of its source that says something."),
};
export const FunctionView = Type.Object(functionView);
export type FunctionView = View<typeof FunctionView>;

export const LinkView = Type.Object({
	...functionView,
	da_id: Type.String(),
	device: orNull(Type.String(), "Name of the device; null while it is not registered."),
	feature: Type.String(),
	topic: Type.String(),
	param_no: orNull(Type.Number()),
	tag_param_no: Type.Number(),
	input_type: Type.Union([Type.String(), Type.Array(Type.String()), Type.Null()]),
	error: orNull(
		Type.String(),
		"Why the function cannot be used, and the link is without data; null: it can.",
	),
	messages: count("Messages since this server drew the graph."),
	last: orNull(Type.String(), "JSON text of the newest message, cut; null unless it is watched."),
});
export type LinkView = View<typeof LinkView>;

export const ErrorView = Type.Object({
	at: count("Unix time, seconds."),
	kind: Type.String(),
	stage: orNull(Type.String()),
	digest: orNull(Type.String()),
	line: orNull(Type.Number(), "Line of the function that failed, from 1."),
	source: orNull(Type.String(), "The text of that line."),
	reason: Type.String(),
});
export type ErrorView = View<typeof ErrorView>;

/** An entry of `GET /api/graphs`. */
export const GraphView = Type.Object({
	client: Type.String(),
	graph: Type.String(),
	join: FunctionView,
	monitor_topic: orNull(Type.String()),
	engine: orNull(Type.Integer(), "Number of the engine it lives in; null: it has needed none."),
	idfs: Type.Array(LinkView),
	odfs: Type.Array(LinkView),
	dropped: Type.Number(),
	last_error: orNull(ErrorView),
});
export type GraphView = View<typeof GraphView>;

/** An entry of `GET /api/functions`. */
export const FunctionInfoView = Type.Object({
	digest: Type.String(),
	listed: Type.Boolean({
		description: "Whether add_link and set_join take it; else a link or join keeps its source.",
	}),
	bytes: count("Of its source in UTF-8."),
	uses: count("Uses as a function or helper of a link or join."),
});
export type FunctionInfoView = View<typeof FunctionInfoView>;

/** `GET /api/server`: a server whatever it is made of. */
export const ServerView = Type.Object({
	...processView,
	servers: Type.Array(Type.String(), { description: "What it serves: csm, ccm." }),
	modules: Type.Record(Type.String(), Type.Unknown(), {
		description: "What these say of themselves, by name; ccm as projects.",
	}),
});
export type ServerView = View<typeof ServerView>;

/** What the project manager says of itself in `GET /api/server`. */
export const ProjectsView = Type.Object({
	known: Type.Number(),
	running: count("Projects that have graphs."),
	links_open: count("Links that CSM has not confirmed, or refuses."),
	graphs_queued: count("Graphs that are being brought to CSM."),
});
export type ProjectsView = View<typeof ProjectsView>;

/** `GET /health`. */
export const HealthView = Type.Object({
	live: Type.Boolean({ description: "False when only a restart may help." }),
	ready: Type.Boolean({ description: "Whether the server can do its work." }),
	reasons: Type.Array(text("Why not; for admins only.")),
});
export type HealthView = View<typeof HealthView>;

/** A line of `GET /api/log`. */
export const LogLineView = Type.Record(Type.String(), Type.Unknown());

/** What one second of `GET /api/events` changed. */
export const ChangesView = Type.Object({
	status: StatusView,
	devices: Type.Record(Type.String(), orNull(DeviceView), {
		description: "Entries that are new or changed, by id; null: it is gone.",
	}),
	graphs: Type.Record(Type.String(), orNull(GraphView), {
		description: "Keyed client/graph; null: it is gone.",
	}),
	log: Type.Array(LogLineView, { description: "New lines of the log." }),
});
export type ChangesView = Omit<View<typeof ChangesView>, "devices"> & {
	readonly devices: Readonly<Record<string, DeviceView | null>>;
};
