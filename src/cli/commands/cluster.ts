import type { CliCommand } from "./command.ts";

const load = () => import("../cluster.ts");

const list: CliCommand = {
	name: "list",
	description: "list the nodes of the cluster, and the partitions of each",
	example: "iotctl cluster list",
	next: "iotctl cluster drain NODE",
	build: (command, { options }) =>
		command
			.option("--json", "as JSON, with each partition")
			.action(async ({ json = false }: { json?: boolean }) =>
				(await load()).listCluster(await options("service"), json),
			),
};

const drain: CliCommand = {
	name: "drain",
	description: "have a node give its work to the others, until it is started again",
	example: "iotctl cluster drain b",
	next: "when it has no partitions (iotctl cluster list), stop it there: iotctl stop",
	build: (command, { options }) =>
		command
			.argument("<node>")
			.option("--undo", "let it take its share again")
			.action(async (node: string, { undo = false }: { undo?: boolean }) =>
				(await load()).drainNode(await options("service"), node, undo),
			),
};

const forget: CliCommand = {
	name: "forget",
	description: "remove a node whose machine is gone from the list",
	example: "iotctl cluster forget b",
	next: "iotctl cluster list",
	build: (command, { options }) =>
		command
			.argument("<node>")
			.action(async (node: string) => (await load()).forgetNode(await options("service"), node)),
};

export const cluster: CliCommand = {
	name: "cluster",
	description: "list the nodes of a cluster, and empty one of them",
	example: "iotctl cluster list",
	next: "iotctl cluster drain NODE",
	commands: [list, drain, forget],
};
