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
				"PEM file of this server's certificate, its authority's after it, relative to userdir; with it HTTP, MQTT and WebSocket are encrypted. Read again at iotctl reload; make one with iotctl cert self-signed.",
		}),
		key: Type.String({
			default: "",
			path: true,
			description:
				"PEM file of its private key, readable by the server's user only, relative to userdir.",
		}),
	},
	({ cert, key }) => {
		if ((cert === "") === (key === "")) return undefined;
		return { text: cert === "" ? "has key, but not cert" : "has cert, but not key" };
	},
);
