/** What belongs to partitions, as modules keep it in memory. */
export interface PartitionWork {
	/** Begins with partitions: all that is stored of them is there when it resolves. @throws StorageError */
	begin(partitions: ReadonlySet<number>): Promise<void>;
	/** Ends one: nothing of it is in memory. @param isLost Whether it is another node's already. */
	end(partition: number, isLost: boolean): Promise<void>;
}

/** The port of a graph whose partition has just been lost. */
export const NOWHERE = {
	subscribe: async () => async () => {},
	publishData: () => Promise.reject(new Error("the graph is another node's")),
};
