/** What belongs to partitions, as modules keep it in memory. */
export interface PartitionWork {
	/** Begins with partitions: all that is stored of them is there when it resolves. @throws StorageError */
	begin(partitions: ReadonlySet<number>): Promise<void>;
	/** Ends one: nothing of it is in memory. @param isLost Whether it is another node's already. */
	end(partition: number, isLost: boolean): Promise<void>;
}
