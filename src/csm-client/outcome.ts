/** An answer of the graph API. */
export type GraphReply = Readonly<Record<string, unknown>>;

/** How a request ended. */
export type Outcome =
	/** CSM carried it out. */
	| { readonly kind: "done"; readonly reply: GraphReply }
	/** It was so before: the link exists, or is gone. */
	| { readonly kind: "already"; readonly reason: string }
	/** CSM has another function than `prev` says. */
	| { readonly kind: "mismatch"; readonly reason: string }
	/** The graph is not attached. */
	| { readonly kind: "unattached"; readonly reason: string }
	/** CSM does not have this operation. */
	| { readonly kind: "unsupported"; readonly reason: string }
	/** CSM will not do it, in its words; asking again helps only when something has changed. */
	| { readonly kind: "refused"; readonly reason: string }
	/** No answer, or one that says to ask later: it is not known whether it was carried out. */
	| { readonly kind: "lost"; readonly reason: string };

type FailureKind = Exclude<Outcome["kind"], "done">;

/** What reasons mean (`csm.md §4`); the first that fits counts. */
const KINDS: readonly (readonly [RegExp, FailureKind])[] = [
	[/^Unknown graph id /, "unattached"],
	[/^unknown op: /, "unsupported"],
	[/^link already exists/, "already"],
	[/^link unknown/, "already"],
	[/^`prev` field mismatch/, "mismatch"],
	[/^(too many requests are waiting|the server cannot store this now|internal error)/, "lost"],
];

/** Reads an answer. */
export function outcomeOf(reply: GraphReply): Outcome {
	if (reply.state === "ok") return { kind: "done", reply };
	const reason = typeof reply.reason === "string" ? reply.reason : "CSM gave no reason";
	const kind = KINDS.find(([pattern]) => pattern.test(reason))?.[1] ?? "refused";
	return { kind, reason };
}
