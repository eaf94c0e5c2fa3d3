"""Which classifier, rather than which number: one expression of several stands in for a call."""

from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

X, y = load_wine(return_X_y=True)

# @nni.function_choice(StandardScaler(), MinMaxScaler(), name=scaler)
scaler = StandardScaler()

# @nni.function_choice(KNeighborsClassifier(),
#                      LogisticRegression(max_iter=1000),
#                      SVC(),
#                      RandomForestClassifier(random_state=0),
#                      name=classifier)
classifier = KNeighborsClassifier()

accuracy = cross_val_score(make_pipeline(scaler, classifier), X, y, cv=5).mean()
print(f"{type(scaler).__name__}, {type(classifier).__name__}: accuracy {accuracy:.4f}")
# @nni.report_final_result(accuracy)
