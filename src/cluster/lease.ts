/** A partition that is this node's until another takes it over. */
export interface Lease {
	/** From 0; -1 is the router's, -2 the project manager's. */
	readonly partition: number;
	/** Grows with each owner. */
	readonly token: number;
}

/** Who a node is. */
export interface NodeIdentity {
	/** Its name in the cluster. */
	readonly name: string;
	/** Drawn for this run of the program. */
	readonly run: string;
	/** Drawn for the directory it runs in, of which it holds the lock: no other server runs there. */
	readonly place: string;
	/** For people, such as `machine (process 7)`. */
	readonly process: string;
	readonly version: string;
	/** Where other nodes reach it, such as `http://10.0.0.2:9992`. */
	readonly url: string;
	/** Whether it could run the project manager. */
	readonly hasProjects?: boolean;
}
