/** The page of a web server in front of CiviCRM when something behind it fails (assumed). */
export const broken = (status: number): string => `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`;

/** Waits on the machine's clock, since what is tested is the patience of the client. */
export const delayed = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
