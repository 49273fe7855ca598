/** What a client does with a topic: `read` is that it gets a message, `subscribe` that it asks for those of a filter. */
export type TopicUse = "publish" | "read" | "subscribe";

/** What a broker asks about topics, whichever broker it is. */
export interface TopicQuestion {
	/** User name of the client. */
	readonly name: string;
	/** All of it must be allowed; nothing: it is enough that the name may log in. Undefined: no one may. */
	readonly uses: readonly TopicUse[] | undefined;
	readonly topic: string;
	/** How that broker understands a no: by the status 403, or by the body of a 200. */
	readonly refusedBy: "status" | "body";
}
