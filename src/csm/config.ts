import { Type } from "@sinclair/typebox";
import { bytes, readNetworks, reloadable, section } from "../config/mod.ts";

/** Limits of devices that send and receive over HTTP (`csm.md §3.4`). */
export const HTTP_DEVICES = section(
	"csm",
	"http-devices",
	"Devices that send and receive over HTTP.",
	{
		"requests-per-second": reloadable(
			Type.Integer({
				minimum: 1,
				maximum: 1000,
				default: 20,
				description:
					"How often one device may send, and how often it may ask; more is answered with 429.",
			}),
		),
		"max-unread": bytes(
			256 << 10,
			1 << 26,
			"Data queued for one stream; one that is read too slowly to stay below it is ended.",
		),
	},
);

/** Where clients of the older protocol look: their discovery knows no other port. */
const USUAL_PORT = 9999;

/** The older protocol. */
export const V1 = section(
	"csm",
	"v1",
	"Devices that speak IoTtalk's older protocol: HTTP alone, polled.",
	{
		port: Type.Integer({
			minimum: 0,
			maximum: 65_535,
			default: 0,
			description: `Port on which they register, usually ${USUAL_PORT}; 0: off. It listens at bind in [core].`,
		}),
		broadcast: Type.Boolean({
			default: false,
			description: `Whether the server is announced to the network each second, by UDP to port 17000; only with port ${USUAL_PORT}.`,
		}),
		"offline-after": Type.Integer({
			minimum: 1,
			maximum: 86_400,
			default: 120,
			unit: "seconds",
			description: "A device without a request for so long is offline.",
		}),
		pages: reloadable(
			Type.String({
				default: "",
				path: true,
				description:
					"Folder of your own pages, relative to userdir, served on this port below /da/ as web-da-dir in [gui] is; empty: none.",
			}),
		),
		"open-networks": Type.String({
			default: "",
			description:
				"Networks whose devices need neither token nor key while logins are on, such as 192.168.7.0/24, fd00::/8; for programs in which only an address can be set.",
		}),
	},
	({ port, broadcast, "open-networks": networks }) => {
		if (broadcast && port !== USUAL_PORT) {
			const text = `needs port = ${USUAL_PORT}: its receivers know no other port`;
			return { key: "broadcast", text };
		}
		const read = readNetworks(networks);
		return typeof read === "string" ? { key: "open-networks", text: read } : undefined;
	},
);
