import auth from "./auth.json";
import common from "./common.json";
import history from "./history.json";
import progress from "./progress.json";
import session from "./session.json";
import tutors from "./tutors.json";

export default { auth, common, history, progress, session, tutors };
