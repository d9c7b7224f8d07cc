/** The account that the demo mode of the server creates. */
export const DEMO_ACCOUNT = { email: "student@example.com", password: "student123" };
