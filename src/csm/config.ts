import { Type } from "@sinclair/typebox";
import { bytes, reloadable, section } from "../config/mod.ts";

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
