import { Type } from "@sinclair/typebox";
import { bytes, count, oneOf, port, reloadable, section } from "./section.ts";

/** A host name or address, or an origin. */
const ORIGIN = "([a-zA-Z][a-zA-Z0-9+.-]*://)?([a-zA-Z0-9_.-]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]{1,5})?";

/** What every server has, whatever runs in it. */
export const CORE = section("config", "core", "The server.", {
	userdir: Type.String({
		minLength: 1,
		path: true,
		default: "~/.iottalk",
		description:
			"Where the database lives; created when missing. In this and other paths ~/ and $HOME stand for the home directory.",
	}),
	bind: Type.String({
		minLength: 1,
		default: "127.0.0.1",
		sample: "0.0.0.0",
		description:
			"Address the HTTP, MQTT and WebSocket listeners bind to: 127.0.0.1 for this machine only, 0.0.0.0 for every machine that can reach it.",
	}),
	auth: oneOf(
		["auto", "on", "off"],
		"Whether logins are required: auto requires them unless bind is this machine only, off lets anyone do anything.",
	),
	"allowed-origins": reloadable(
		Type.String({
			default: "",
			pattern: `^(${ORIGIN}([ ,]+${ORIGIN})*)?$`,
			patternText: "empty or a list such as gateway.lan, https://panel.example.org",
			description:
				"Names of this server besides its addresses and host name, and origins of web pages that may use its API while logins are off; ports are ignored.",
		}),
	),
	"http-scheme": oneOf(
		["auto", "http", "https"],
		"auto is https with a certificate in [tls] and without https-port, else http; http disables TLS even if a certificate is set; https without a certificate is for a reverse proxy that terminates TLS.",
	),
	"http-port": port(9992, "HTTP port of the registration API."),
	"https-port": port(
		0,
		"A second HTTP port, encrypted with the certificate in [tls], for pages on phones; 0: none. While it is set, the other listeners stay unencrypted, unless their own scheme is https, mqtts or wss.",
	),
	"http-prefix": Type.String({
		default: "",
		pattern: "^(/[A-Za-z0-9._~-]+)*$",
		patternText: "empty or a path such as /csm",
		description: "Path prefix a reverse proxy adds before /<uuid>; /csm always works.",
	}),
	"http-max-body": bytes(1 << 20, 1 << 26, "Largest HTTP request body."),
	"http-body-timeout": reloadable(
		Type.Integer({
			minimum: 1,
			maximum: 3600,
			default: 10,
			unit: "seconds",
			description: "Time a client has to send a request body.",
		}),
	),
	"da-expiration": Type.Integer({
		minimum: 1,
		maximum: 2_000_000,
		default: 259_200,
		unit: "seconds",
		description:
			"A device that stays offline this long while the server is running is deregistered.",
	}),
	"max-devices": reloadable(
		count(
			100_000,
			"Devices that may be registered at once, of which max-clients may be connected; each takes some 3 KB of memory.",
		),
	),
});
