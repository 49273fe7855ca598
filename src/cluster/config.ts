import { Type } from "@sinclair/typebox";
import { section } from "../config/mod.ts";

const NAME = "^([A-Za-z0-9][A-Za-z0-9_.-]{0,62})?$";
const NAME_TEXT =
	"up to 63 of the characters A-Z a-z 0-9 _ . -, the first of them a letter or digit";

/** Several servers as the nodes of a cluster. */
export const CLUSTER = section(
	"cluster",
	"cluster",
	"Several servers as the nodes of one cluster, over a broker and a PostgreSQL database that all of them use; a server alone needs nothing of this.",
	{
		name: Type.String({
			default: "",
			pattern: NAME,
			patternText: `${NAME_TEXT}; empty: no cluster`,
			description:
				"Name of the cluster this server is a node of, the same on all of them; empty: the server is alone.",
		}),
		node: Type.String({
			default: "",
			pattern: NAME,
			patternText: `${NAME_TEXT}; empty: the host name`,
			description: "Name of this node, on each another one; empty: the machine's host name.",
		}),
		url: Type.String({
			default: "",
			pattern: "^(https?://[^/?#\\s]+)?$",
			patternText: "an address like http://10.0.0.2:9992; empty: the host name and the HTTP port",
			description:
				"Address at which the other nodes reach this one, on each another one; empty: the machine's host name and HTTP port.",
		}),
		lease: Type.Integer({
			minimum: 1,
			maximum: 60,
			default: 3,
			unit: "seconds",
			description:
				"After how long the others take over what belongs to a node that does not answer; the same on all nodes.",
		}),
		// Three hexadecimal digits, which message ids have for it.
		partitions: Type.Integer({
			minimum: 1,
			maximum: 4096,
			default: 64,
			description:
				"Into how many parts the work is divided, some for each node; the same on all nodes, and fixed from the first start of the first one. 16 are enough for up to five nodes.",
		}),
	},
);
