import { Type } from "@sinclair/typebox";
import { section } from "../config/mod.ts";

/** What the original calls authentication. */
export const AAA = section("auth", "aaa", "Authentication.", {
	enable_mqtt_auth: Type.Boolean({
		default: false,
		description: "The original's key: true is the same as auth = on in [core].",
		hidden: true,
	}),
});
