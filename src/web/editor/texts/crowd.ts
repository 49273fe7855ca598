// Words for blocks that stand for many devices.
export const zh = {
	online: (online: number | undefined, seats: number) => `${online ?? "–"}／${seats} 上線`,
	simulated: (count: number) => `${count} 個模擬中`,
	failing: (count: number) => `${count} 個出錯`,
	seat: (seat: number) => `座位 ${seat}`,
	many: "改為多台裝置",
	manyHint: "一個方塊可代表全班的裝置，每台各有一個座位。",
	one: "改為單一裝置",
	oneDone: (lost: number) =>
		lost === 0 ? "已改為單一裝置。" : `已改為單一裝置，並解除綁定 ${lost} 台。`,
	seats: "座位數",
	seatsHint: (taken: number) => `已綁定 ${taken} 台。座位減少時，超出的裝置會解除綁定。`,
	noInteger: "請輸入 1 以上的整數。",
	full: "所有座位都已綁定裝置。",
	rule: "多台裝置的計算方式",
	each: "各自計算",
	eachHint: "每台裝置各自計算，輸出到同一群裝置時，只回到原本那台。",
	together: "一起計算",
	togetherHint: "所有裝置的數值一起交給合併函式，還沒有送出數值的裝置不算在內。",
	paired: "這個連接有多群裝置：座位號碼相同的配成一組，缺少同伴的裝置先等待。",
	noFunction: "沒有合併函式時，輸出得到的是所有裝置數值的清單。",
};

export const en: typeof zh = {
	online: (online, seats) => `${online ?? "–"} of ${seats} online`,
	simulated: (count) => `${count} simulated`,
	failing: (count) => `${count} failing`,
	seat: (seat) => `seat ${seat}`,
	many: "Make it many devices",
	manyHint: "One block can stand for the devices of a whole class, with a seat for each.",
	one: "Make it one device",
	oneDone: (lost) =>
		lost === 0
			? "The block is for one device now."
			: `The block is for one device now; ${lost} unbound.`,
	seats: "Seats",
	seatsHint: (taken) => `${taken} bound. With fewer seats, devices beyond them are unbound.`,
	noInteger: "Enter an integer, 1 or more.",
	full: "All seats have a device.",
	rule: "How the devices take part",
	each: "each by itself",
	eachHint:
		"The join runs for each device; what it gives to the same crowd goes back to that device.",
	together: "all together",
	togetherHint:
		"The join function gets the values of all devices, but for those that have not sent any.",
	paired:
		"Several crowds take part: seats of the same number form a pair, and a device without its partner waits.",
	noFunction: "Without a join function outputs get the list of all values.",
};
