import { Type } from "@sinclair/typebox";
import { section } from "../config/mod.ts";

const NAME = "^([A-Za-z0-9][A-Za-z0-9_.-]{0,62})?$";
const NAME_TEXT =
	"up to 63 of the characters A-Z a-z 0-9 _ . -, the first of them a letter or digit";

/**
 * Several servers as the nodes of a cluster. Hidden, as long as a server cannot be one: a section in the sample that is
 * always refused is of no use.
 */
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
