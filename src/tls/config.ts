import { Type } from "@sinclair/typebox";
import { section } from "../config/mod.ts";

/** The certificate. */
export const TLS = section(
	"tls",
	"tls",
	"Encryption (TLS 1.2 or newer) of the server's own listeners.",
	{
		cert: Type.String({
			default: "",
			path: true,
			description:
				"PEM file of this server's certificate followed by its authority's, relative to userdir; encrypts HTTP, MQTT and WebSocket, or only https-port in [core] if that is set. Reloaded by iotctl reload; create one with iotctl cert self-signed.",
		}),
		key: Type.String({
			default: "",
			path: true,
			description:
				"PEM file of its private key, relative to userdir, readable by the server's user only.",
		}),
	},
	({ cert, key }) => {
		if ((cert === "") === (key === "")) return undefined;
		return { text: cert === "" ? "has key, but not cert" : "has cert, but not key" };
	},
);
