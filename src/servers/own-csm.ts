import type { RegistrationClientOptions } from "../csm-client/mod.ts";
import type { Core } from "./module.ts";

/** The CSM of the same process over HTTP, which passes on what other nodes have: with the key that its command line uses. */
export function ownCsm({
	addresses,
	auth,
}: Pick<Core, "addresses" | "auth">): RegistrationClientOptions {
	const key = Buffer.from(`local:${auth.localKey}`).toString("base64");
	const authorization = auth.isOn ? `Basic ${key}` : undefined;
	return { base: () => addresses().http, authorization, trustsAny: true };
}
