/** What all nodes of a cluster have in common. */
export interface ClusterFacts {
	readonly name: string;
	/** Without the router's. */
	readonly partitions: number;
}

/**
 * Why a server is none of the nodes whose database it is; undefined: it may be one.
 * @param asked As its ini has it.
 * @param there As the database has it.
 */
export function whyAnother(asked: ClusterFacts, there: ClusterFacts): string | undefined {
	if (there.name !== asked.name) {
		return `name in [cluster] is "${asked.name}", but the database is that of the cluster "${there.name}": use that name, or another database`;
	}
	if (there.partitions !== asked.partitions) {
		return `partitions in [cluster] is ${asked.partitions}, but the database of the cluster was made with ${there.partitions}: set partitions = ${there.partitions}`;
	}
	return undefined;
}
