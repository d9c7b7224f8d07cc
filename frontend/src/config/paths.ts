export const paths = {
  home: "/",
  login: "/login",
  register: "/register",
  tutors: "/tutors",
  history: "/history",
  session: (sessionId: string) => `/sessions/${encodeURIComponent(sessionId)}`,
};
