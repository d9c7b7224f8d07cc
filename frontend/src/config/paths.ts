export const paths = {
  home: "/",
  login: "/login",
  register: "/register",
  handover: "/handover",
  password: "/password",
  tutors: "/tutors",
  history: "/history",
  progress: "/progress",
  session: (sessionId: string) => `/sessions/${encodeURIComponent(sessionId)}`,
};
