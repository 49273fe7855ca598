import { Type } from "@sinclair/typebox";
import { section } from "../config/mod.ts";

const NAME = "^([A-Za-z0-9][A-Za-z0-9_.-]{0,62})?$";
const NAME_TEXT =
	"up to 63 of the characters A-Z a-z 0-9 _ . -, the first of them a letter or digit";

/** Several servers as the nodes of a cluster. Hidden, as long as much of what a server does alone is missing in one. */
export const CLUSTER = section(
	"cluster",
	"cluster",
	"Several servers that share the work, over a broker and a PostgreSQL database that all of them use.",
	{
		name: Type.String({
			default: "",
			pattern: NAME,
			patternText: `${NAME_TEXT}; empty: no cluster`,
			hidden: true,
			description:
				"The cluster this server is a node of, the same for all of its nodes; empty: none.",
		}),
		node: Type.String({
			default: "",
			pattern: NAME,
			patternText: `${NAME_TEXT}; empty: the host name`,
			hidden: true,
			description: "This node, of which there is one of a name; empty: the machine's host name.",
		}),
		url: Type.String({
			default: "",
			pattern: "^(https?://[^/?#\\s]+)?$",
			patternText: "an address like http://10.0.0.2:9992; empty: the host name and the HTTP port",
			hidden: true,
			description: "Where the other nodes reach this one; empty: its host name and HTTP port.",
		}),
		lease: Type.Integer({
			minimum: 1,
			maximum: 60,
			default: 3,
			unit: "seconds",
			hidden: true,
			description:
				"After how long the others take over what belongs to a node that does not answer.",
		}),
		// Three hexadecimal digits, which message ids have for it.
		partitions: Type.Integer({
			minimum: 1,
			maximum: 4096,
			default: 64,
			hidden: true,
			description:
				"Into how many parts the work is divided, some for each node; fixed when the cluster's database is made.",
		}),
	},
);
