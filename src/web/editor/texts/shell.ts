export const zh = {
	projects: "專案",
	functions: "函式",
	devices: "裝置",
	models: "裝置模型",
};

export const en: typeof zh = {
	projects: "Projects",
	functions: "Functions",
	devices: "Devices",
	models: "Device models",
};
