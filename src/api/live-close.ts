/** Close codes of the live WebSocket besides the standard ones. */
export const LIVE_CLOSE = { unauthorized: 4401, textMessage: 4400, policyChanged: 4403 } as const;
