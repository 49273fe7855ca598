import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { nestsTooDeep } from "../../kit/mod.ts";

const Answer = Type.Object({ msg_id: Type.Union([Type.String(), Type.Number()]) });
const Presence = Type.Object({
	state: Type.Union([Type.Literal("online"), Type.Literal("offline"), Type.Literal("broken")]),
	rev: Type.String(),
});

/** A message of a device on `<da_id>/ctrl/i`. */
export type Uplink =
	| { readonly kind: "presence"; readonly state: "online" | "offline"; readonly rev: string }
	| {
			readonly kind: "answer";
			readonly msgId: string;
			readonly ok: boolean;
			readonly body: object;
	  };

/**
 * Reads an uplink message, first match wins (`csm.md §3.1`): an answer has a `msg_id`, text or number, whatever
 * else it carries, presence has `state` and `rev`.
 * @returns undefined for what is to be ignored.
 */
export function readUplink(payload: Uint8Array): Uplink | undefined {
	let value: unknown;
	try {
		const text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
		if (nestsTooDeep(text)) return undefined;
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
	if (Object.hasOwn(value, "msg_id")) {
		// Whatever else it may be, an odd msg_id makes it no presence.
		if (!Value.Check(Answer, value)) return undefined;
		const ok = "state" in value && value.state === "ok";
		return { kind: "answer", msgId: String(value.msg_id), ok, body: value };
	}
	if (Value.Check(Presence, value)) {
		const { state, rev } = value;
		// SDKs of the alpha leave "broken" as their will.
		return { kind: "presence", state: state === "broken" ? "offline" : state, rev };
	}
	return undefined;
}
